# for-each/estate.tf
data "lync_topology" "all" {}

locals {
  settings = ["automatic_failover", "failure_detection_interval", "failback_detection_interval"]

  # The settings of the pools of each complete pair.
  directions = {
    for id, pair in data.lync_topology.all.pairs : id => {
      for pool in split(",", id) : pool => { for name in local.settings : name => pair.registrars[pool][name] }
    } if pair.complete
  }

  # The settings of the pool whose name sorts first. A setting is null if one of the two pools does not have it.
  shared = {
    for id, pools in local.directions : id => {
      for name in local.settings : name => anytrue([for pool in values(pools) : pool[name] == null]) ? null : values(pools)[0][name]
    }
  }

  # The settings of a pool that differ from those of the pair.
  apart = {
    for id, pools in local.directions : id => {
      for fqdn, pool in pools : fqdn => { for name, value in pool : name => value if value != local.shared[id][name] }
      if pool != local.shared[id]
    }
  }
}

# The existing relationships, in the form of the variables of relations.tf.
output "estate" {
  value = {
    pairs = {
      for id, pools in local.directions : id => merge(local.shared[id], {
        pools    = keys(pools)
        per_pool = length(local.apart[id]) > 0 ? local.apart[id] : null
      })
    }
    appliances = {
      for name, appliance in data.lync_topology.all.branch_appliances : name => merge(
        { for name in local.settings : name => appliance[name] },
        { backup_pool = appliance.backup_pool },
      ) if appliance.backup_pool == appliance.user_services_pool
    }
  }
}

# The relationships that need a decision before the import.
output "undecided" {
  value = {
    pairs      = [for id, pair in data.lync_topology.all.pairs : id if !pair.complete]
    appliances = [for name, appliance in data.lync_topology.all.branch_appliances : name if appliance.backup_pool != appliance.user_services_pool]
  }
}
