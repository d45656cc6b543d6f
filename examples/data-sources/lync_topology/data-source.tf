data "lync_topology" "all" {}

# Every appliance that has one pool, under Terraform: they are taken over as they are.
resource "lync_branch_backup" "all" {
  for_each = { for name, appliance in data.lync_topology.all.branch_appliances : name => appliance if appliance.backup_pool == appliance.user_services_pool }

  appliance                   = each.key
  backup_pool                 = each.value.backup_pool
  automatic_failover          = each.value.automatic_failover
  failure_detection_interval  = each.value.failure_detection_interval
  failback_detection_interval = each.value.failback_detection_interval
}

# What breaks a rule, whoever made it.
output "errors" {
  value = [for finding in data.lync_topology.all.findings : "${finding.summary}: ${join(", ", finding.objects)}" if finding.severity == "error"]
}

# A picture for the wiki, to be drawn by whatever draws Mermaid.
output "diagram" {
  value = data.lync_topology.all.diagram
}
