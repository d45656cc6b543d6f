# modules/site/variables.tf
variable "name" {
  description = "Name of the site, for messages."
  type        = string
}

variable "pool" {
  description = "FQDN of the site's Front End pool."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^., ]+([.][^., ]+)+[.]?$", var.pool))
    error_message = "Site ${var.name}: the pool ${jsonencode(var.pool)} is no FQDN such as pool-paris.contoso.com."
  }
}

variable "partner" {
  description = "FQDN of the pool that this site's pool is paired with; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.partner == null || can(regex("^[^., ]+([.][^., ]+)+[.]?$", var.partner))
    error_message = "Site ${var.name}: the partner ${jsonencode(var.partner)} is no FQDN such as pool-lyon.contoso.com. A pool without a partner has null."
  }
  validation {
    condition     = var.partner == null || lower(trimsuffix(coalesce(var.partner, "-"), ".")) != lower(trimsuffix(var.pool, "."))
    error_message = "Site ${var.name}: the pool ${var.pool} is named as its own partner. Name the pool of another site, or null."
  }
}

variable "appliances" {
  description = "FQDNs of the Survivable Branch Appliances and Servers whose users are on the site's pool."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = length(setintersection(
      [for appliance in var.appliances : lower(trimsuffix(appliance, "."))],
      [for pool in compact([var.pool, var.partner]) : lower(trimsuffix(pool, "."))],
    )) == 0
    error_message = "Site ${var.name}: a pool is listed among the appliances ${jsonencode(var.appliances)}."
  }
}
