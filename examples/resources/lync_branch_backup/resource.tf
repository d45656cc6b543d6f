# The appliance has this pool already: it is taken over, and nothing is written.
resource "lync_branch_backup" "nantes" {
  appliance   = "sba-nantes.contoso.com"
  backup_pool = "pool-paris.contoso.com"
}

# Intervals of its own. Those that differ from the topology are written, and the plan says which.
resource "lync_branch_backup" "grenoble" {
  appliance   = "sba-grenoble.contoso.com"
  backup_pool = "pool-lyon.contoso.com"

  automatic_failover          = true
  failure_detection_interval  = "3m"
  failback_detection_interval = "6m"
}
