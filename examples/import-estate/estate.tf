# estate.tf
locals {
  settings = ["automatic_failover", "failure_detection_interval", "failback_detection_interval"]

  # Of each whole pair the two directions, in the order of its id.
  directions = {
    for id, pair in data.lync_topology.all.pairs : id => [
      for pool in split(",", id) : { for name in local.settings : name => pair.registrars[pool][name] }
    ] if pair.complete
  }
}

# What is there, in the form of the variables of relations.tf.
output "estate" {
  value = {
    pairs = {
      for id, directions in local.directions : id => merge(directions[0], {
        pools = split(",", id)
        # What the second pool has apart.
        per_pool = directions[0] == directions[1] ? null : {
          (split(",", id)[1]) = { for name in local.settings : name => directions[1][name] if directions[1][name] != directions[0][name] }
        }
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

# What needs a decision first.
output "undecided" {
  value = {
    pairs      = [for id, pair in data.lync_topology.all.pairs : id if !pair.complete]
    appliances = [for name, appliance in data.lync_topology.all.branch_appliances : name if appliance.backup_pool != appliance.user_services_pool]
  }
}
