data "lync_topology" "all" {}

# All appliances with one pool. Terraform adopts them without a change.
resource "lync_branch_backup" "all" {
  for_each = { for name, appliance in data.lync_topology.all.branch_appliances : name => appliance if appliance.backup_pool == appliance.user_services_pool }

  appliance                   = each.key
  backup_pool                 = each.value.backup_pool
  automatic_failover          = each.value.automatic_failover
  failure_detection_interval  = each.value.failure_detection_interval
  failback_detection_interval = each.value.failback_detection_interval
}

# All violations of rules in the topology.
output "errors" {
  value = [for finding in data.lync_topology.all.findings : "${finding.summary}: ${join(", ", finding.objects)}" if finding.severity == "error"]
}

# A diagram for a wiki that renders Mermaid.
output "diagram" {
  value = data.lync_topology.all.diagram
}
