# for-each/relations.tf
variable "pairs" {
  description = "Pairs of pools by id."
  type = map(object({
    pools                       = set(string)
    automatic_failover          = optional(bool)
    failure_detection_interval  = optional(string)
    failback_detection_interval = optional(string)
    per_pool = optional(map(object({
      automatic_failover          = optional(bool)
      failure_detection_interval  = optional(string)
      failback_detection_interval = optional(string)
    })))
  }))
  default = {}
}

variable "appliances" {
  description = "Branch appliances by name."
  type = map(object({
    backup_pool                 = string
    automatic_failover          = optional(bool)
    failure_detection_interval  = optional(string)
    failback_detection_interval = optional(string)
  }))
  default = {}
}

resource "lync_pool_pair" "all" {
  for_each = var.pairs
  pools    = each.value.pools

  automatic_failover          = each.value.automatic_failover
  failure_detection_interval  = each.value.failure_detection_interval
  failback_detection_interval = each.value.failback_detection_interval
  per_pool                    = each.value.per_pool

  lifecycle {
    prevent_destroy = true
  }
}

resource "lync_branch_backup" "all" {
  for_each    = var.appliances
  appliance   = each.key
  backup_pool = each.value.backup_pool

  automatic_failover          = each.value.automatic_failover
  failure_detection_interval  = each.value.failure_detection_interval
  failback_detection_interval = each.value.failback_detection_interval
}
