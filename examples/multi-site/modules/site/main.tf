# modules/site/main.tf
terraform {
  required_version = ">= 1.9"
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

# A site with neither a partner nor appliances has no resource that would miss its pool.
data "lync_pool" "own" {
  fqdn = var.pool

  lifecycle {
    postcondition {
      condition     = self.kind == "front_end"
      error_message = "Site ${var.name}: ${var.pool} is no Front End pool; its kind is ${self.kind}."
    }
  }
}

# The keys are in one spelling, so that another letter case in the list is no other resource.
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
