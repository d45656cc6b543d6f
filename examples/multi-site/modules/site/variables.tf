# modules/site/variables.tf
variable "name" {
  description = "Name of the site, for messages."
  type        = string
}

# Null is allowed here, so that the condition can name the site.
variable "pool" {
  description = "FQDN of the site's Front End pool."
  type        = string

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
    condition     = try(lower(trimsuffix(var.partner, ".")) != lower(trimsuffix(var.pool, ".")), true)
    error_message = "Site ${var.name}: the pool ${jsonencode(var.pool)} is named as its own partner. Name the pool of another site, or null."
  }
  validation {
    condition = var.partner == null || try(lower(trimsuffix(var.partner_site.partner, ".")) == lower(trimsuffix(var.pool, ".")), false)
    error_message = format("Site %s names %s as its partner, but %s. Partners name each other (PP-RECIP); a pool without a partner has null.", var.name, jsonencode(var.partner),
      var.partner_site == null ? "no site has that pool" : "the site of that pool, ${try(var.partner_site.name, "")}, names ${coalesce(try(var.partner_site.partner, null), "no pool")}"
    )
  }
}

variable "partner_site" {
  description = "The site of the partner, by its name, and the partner that it names itself; null where no site has that pool."
  type = object({
    name    = string
    partner = optional(string)
  })
  default = null
}

variable "appliances" {
  description = "FQDNs of the Survivable Branch Appliances and Servers whose users are on the site's pool."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([for appliance in var.appliances : can(regex("^[^., ]+([.][^., ]+)+[.]?$", appliance))])
    error_message = format("Site %s: among the appliances is what is no FQDN such as sba-nantes.contoso.com: %s.", var.name,
      join(", ", [for appliance in var.appliances : jsonencode(appliance) if !can(regex("^[^., ]+([.][^., ]+)+[.]?$", appliance))])
    )
  }
  validation {
    condition = length(setintersection(
      [for appliance in var.appliances : lower(trimsuffix(appliance, ".")) if appliance != null],
      [for pool in compact([var.pool, var.partner]) : lower(trimsuffix(pool, "."))],
    )) == 0
    error_message = "Site ${var.name}: a pool is listed among the appliances ${jsonencode(var.appliances)}."
  }
}
