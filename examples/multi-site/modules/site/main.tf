# modules/site/main.tf
terraform {
  required_version = ">= 1.9"
  required_providers {
    lync = {
      source = "lync-iac/lync"
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
}

output "partner" {
  description = "The pool it is paired with; null for none."
  value       = var.partner
}
