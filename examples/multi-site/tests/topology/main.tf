# tests/topology/main.tf
terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

variable "sites" {
  type = map(object({
    pool       = string
    appliances = optional(set(string), [])
  }))
}

data "lync_topology" "now" {}

locals {
  known = concat(keys(data.lync_topology.now.pools), keys(data.lync_topology.now.branch_appliances))
}

output "missing" {
  description = "What the topology does not have, by site."
  value = {
    for name, site in var.sites : name => [
      for fqdn in concat([site.pool], tolist(site.appliances)) : fqdn if !contains(local.known, lower(trimsuffix(fqdn, ".")))
    ]
  }
}
