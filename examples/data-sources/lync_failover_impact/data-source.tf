# What if Paris fails?
data "lync_failover_impact" "paris" {
  failed_pools = ["pool-paris.contoso.com"]

  # What the topology does not tell. It can come from wherever it is kept, such as a CSV file, whose empty cells become null:
  # { for row in csvdecode(file("pools.csv")) : row.pool => { users = row.users == "" ? null : row.users } }
  inventory = {
    "pool-paris.contoso.com" = { users = 9000 }
    "pool-lyon.contoso.com"  = { users = 8000 }
    "sba-nantes.contoso.com" = { users = 300 }
  }
}

# A warning, with every plan and apply, while somebody would be left with nothing or the partner would be too small.
check "paris_may_fail" {
  assert {
    condition = length(data.lync_failover_impact.paris.pools_without_service) == 0
    error_message = join("\n", [
      for pool in data.lync_failover_impact.paris.pools_without_service : data.lync_failover_impact.paris.pools[pool].reason
    ])
  }
  assert {
    condition     = alltrue([for pool in data.lync_failover_impact.paris.takeover_pools : pool.capacity_sufficient != false])
    error_message = "Whoever takes over the users of Paris has no room for them."
  }
}

# For the runbook: what has to be done before the pool can be failed over, and who will notice anyway.
output "paris_fails" {
  value = {
    move_central_management_to   = [for central in data.lync_failover_impact.paris.central_management : central.move_to]
    edge_pools_to_repoint        = keys(data.lync_failover_impact.paris.edge_pools)
    branches_in_resiliency_mode  = data.lync_failover_impact.paris.appliances_in_resiliency_mode
    branches_with_no_backup_left = data.lync_failover_impact.paris.appliances_without_backup
  }
}
