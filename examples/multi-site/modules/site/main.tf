# modules/site/main.tf
terraform {
  required_version = ">= 1.9"
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

# Without a partner and appliances, a site has no resource that checks whether its pool exists.
data "lync_pool" "own" {
  fqdn = var.pool

  lifecycle {
    postcondition {
      condition     = self.kind == "front_end"
      error_message = "Site ${var.name}: ${var.pool} is no Front End pool; its kind is ${self.kind}."
    }
  }
}

# The keys have one spelling, so that a change of letter case does not replace a resource.
resource "lync_branch_backup" "appliance" {
  for_each    = toset([for appliance in var.appliances : lower(trimsuffix(appliance, "."))])
  appliance   = each.key
  backup_pool = var.pool
}

output "pool" {
  description = "The site's pool."
  value       = var.pool
  depends_on  = [data.lync_pool.own] # what is not there is not paired
}

output "partner" {
  description = "The pool it is paired with; null for none."
  value       = var.partner
}
