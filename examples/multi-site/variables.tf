# variables.tf
variable "sites" {
  description = "The sites by name: the FQDN of a site's pool, of the pool it is paired with (null for none), and of its branch appliances."
  type = map(object({
    pool       = string
    partner    = optional(string)
    appliances = optional(set(string), [])
  }))
  nullable = false

  validation {
    condition = length(distinct([for site in var.sites : lower(trimsuffix(site.pool, "."))])) == length(var.sites)
    error_message = format("Every site has a pool of its own. Sites with one and the same: %s.", join("; ", [
      for sites in values({ for name, site in var.sites : lower(trimsuffix(site.pool, ".")) => name... }) : join(", ", sites) if length(sites) > 1
    ]))
  }
}
