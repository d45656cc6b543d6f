# variables.tf
variable "sites" {
  description = "The sites by name: the FQDN of a site's pool, of the pool it is paired with (null for none), and of its branch appliances."
  type = map(object({
    pool       = string
    partner    = optional(string)
    appliances = optional(set(string), [])
  }))
  nullable = false

  # Terraform evaluates all conditions. Each one ignores values for which another condition or the module has a message.
  validation {
    condition     = alltrue([for site in var.sites : site != null])
    error_message = "Each site declares at least its pool. Without a declaration: ${join(", ", [for name, site in var.sites : name if site == null])}."
  }
  validation {
    condition = alltrue([
      for sites in { for name, site in var.sites : lower(trimsuffix(site.pool, ".")) => name... if can(lower(site.pool)) } : length(sites) == 1
    ])
    error_message = format("Every site has a pool of its own. In more than one: %s.", join("; ", [
      for pool, sites in { for name, site in var.sites : lower(trimsuffix(site.pool, ".")) => name... if can(lower(site.pool)) } :
      "${pool} (${join(", ", sites)})" if length(sites) > 1
    ]))
  }
  validation {
    condition = alltrue([
      for sites in { for of in flatten([
        for name, site in var.sites : [for appliance in try(site.appliances, []) : { site = name, appliance = lower(trimsuffix(appliance, ".")) } if appliance != null]
      ]) : of.appliance => of.site... } : length(distinct(sites)) == 1
    ])
    error_message = format("An appliance is in one site (BR-ONE). In more than one: %s.", join("; ", [
      for appliance, sites in { for of in flatten([
        for name, site in var.sites : [for appliance in try(site.appliances, []) : { site = name, appliance = lower(trimsuffix(appliance, ".")) } if appliance != null]
      ]) : of.appliance => of.site... } : "${appliance} (${join(", ", distinct(sites))})" if length(distinct(sites)) > 1
    ]))
  }
}
