# main.tf
terraform {
  required_version = ">= 1.9" # conditions that look at more than one variable
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  topology_file = "topology.xml"
}

# The site of each pool and the partner of that site. An error message of a site names the site of its partner too.
locals {
  by_pool = { for name, site in var.sites : lower(trimsuffix(site.pool, ".")) => { name = name, partner = site.partner } if site.pool != null }
}

# One module for every site. Each site declares its own pool, partner and appliances.
module "site" {
  source   = "./modules/site"
  for_each = var.sites

  name         = each.key
  pool         = each.value.pool
  partner      = each.value.partner
  partner_site = try(local.by_pool[lower(trimsuffix(each.value.partner, "."))], null)
  appliances   = each.value.appliances
}

# A pair belongs to two sites, so it is declared here. The function returns each pair of the sites once.
resource "lync_pool_pair" "all" {
  for_each = provider::lync::pool_pairs({ for site in module.site : site.pool => site.partner })
  pools    = each.value
}

output "pairs" {
  description = "The pairs, by the names of their pools."
  value       = keys(lync_pool_pair.all)
}

output "without_partner" {
  description = "The sites whose pool has no partner."
  value       = [for name, site in module.site : name if site.partner == null]
}
