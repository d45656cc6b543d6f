# What if Paris fails?
data "lync_failover_impact" "paris" {
  failed_pools = ["pool-paris.contoso.com"]

  # Numbers of users, which are not in the topology. To read them from a CSV file, in which empty cells become null:
  # { for row in csvdecode(file("pools.csv")) : row.pool => { users = row.users == "" ? null : row.users } }
  inventory = {
    "pool-paris.contoso.com" = { users = 9000 }
    "pool-lyon.contoso.com"  = { users = 8000 }
    "sba-nantes.contoso.com" = { users = 300 }
  }
}

# Every plan and apply warns if a pool would have no service or its partner not enough capacity.
check "paris_may_fail" {
  assert {
    condition = length(data.lync_failover_impact.paris.pools_without_service) == 0
    error_message = join("\n", [
      for pool in data.lync_failover_impact.paris.pools_without_service : data.lync_failover_impact.paris.pools[pool].reason
    ])
  }
  assert {
    condition     = alltrue([for pool in data.lync_failover_impact.paris.takeover_pools : pool.capacity_sufficient != false])
    error_message = "The pool that takes over the users of Paris does not have enough capacity."
  }
}

# For the runbook: the steps before the failover of the pool, and the branch sites that are affected even after it.
output "paris_fails" {
  value = {
    move_central_management_to   = [for central in data.lync_failover_impact.paris.central_management : central.move_to]
    edge_pools_to_repoint        = keys(data.lync_failover_impact.paris.edge_pools)
    branches_in_resiliency_mode  = data.lync_failover_impact.paris.appliances_in_resiliency_mode
    branches_with_no_backup_left = data.lync_failover_impact.paris.appliances_without_backup
  }
}
