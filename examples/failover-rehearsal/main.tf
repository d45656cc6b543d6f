terraform {
  required_version = ">= 1.9" # a condition on a variable that looks at the topology
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

# A rehearsal only reads. The topology is invented: replace it with an export of your deployment.
provider "lync" {
  topology_file = "topology.xml"
  read_only     = true
}

variable "lost_sites" {
  description = "Names of the central sites that are lost together."
  type        = set(string)
  default     = ["Paris"]
  nullable    = false

  validation {
    condition     = length(var.lost_sites) > 0
    error_message = "No site is lost. Name those that are: ${join(", ", local.sites)}."
  }
  validation {
    condition     = length(setsubtract(var.lost_sites, local.sites)) == 0
    error_message = "No central site with a Front End pool has the name ${join(" or ", [for site in setsubtract(var.lost_sites, local.sites) : jsonencode(site)])}. There are ${join(", ", local.sites)}."
  }
}

variable "users" {
  description = "How many users are homed on each pool and each branch appliance."
  type        = map(number)
  default = {
    "pool-paris.contoso.com"   = 9000
    "pool-lyon.contoso.com"    = 8000
    "fe-boston.contoso.com"    = 2400
    "fe-denver.contoso.com"    = 1900
    "sba-nantes.contoso.com"   = 400
    "sba-grenoble.contoso.com" = 250
  }
}

data "lync_topology" "all" {}

locals {
  sites = sort(distinct([for pool in data.lync_topology.all.pools : pool.site if pool.kind == "front_end"]))
}

# All Front End pools in those sites fail with them.
data "lync_failover_impact" "loss" {
  failed_pools = [for name, pool in data.lync_topology.all.pools : name if pool.kind == "front_end" && contains(var.lost_sites, pool.site)]
  inventory    = { for name, users in var.users : name => { users = users } }
}

# Both checks warn in a plan. `terraform test` fails on them, except where a run expects it.
check "everybody_is_served" {
  assert {
    condition = length(data.lync_failover_impact.loss.pools_without_service) == 0
    error_message = join("\n", [
      for pool in data.lync_failover_impact.loss.pools_without_service : data.lync_failover_impact.loss.pools[pool].reason
    ])
  }
}

check "there_is_room" {
  assert {
    condition = alltrue([for pool in data.lync_failover_impact.loss.takeover_pools : pool.capacity_sufficient != false])
    error_message = join("\n", [
      for name, pool in data.lync_failover_impact.loss.takeover_pools : "${name} would have ${pool.users} users and can serve ${pool.capacity}."
      if pool.capacity_sufficient == false
    ])
  }
}

# The runbook for this loss.
output "runbook" {
  value = {
    central_management = { for pool, central in data.lync_failover_impact.loss.central_management : pool => central.move_to }
    edge_pools         = { for edge, is in data.lync_failover_impact.loss.edge_pools : edge => is.failed_next_hops }
    failovers          = { for pool, is in data.lync_failover_impact.loss.pools : pool => is.taken_over_by if is.service_after_failover == "full" }
    limited_branches   = data.lync_failover_impact.loss.appliances_in_resiliency_mode
  }
}
