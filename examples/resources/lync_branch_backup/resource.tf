# If the appliance already has this pool, the resource adopts the association without a change of the topology.
resource "lync_branch_backup" "nantes" {
  appliance   = "sba-nantes.contoso.com"
  backup_pool = "pool-paris.contoso.com"
}

# Other intervals than the defaults. The plan shows those that differ from the topology, and the apply writes them.
resource "lync_branch_backup" "grenoble" {
  appliance   = "sba-grenoble.contoso.com"
  backup_pool = "pool-lyon.contoso.com"

  automatic_failover          = true
  failure_detection_interval  = "3m"
  failback_detection_interval = "6m"
}
