# adopt.tf
data "lync_topology" "all" {}
output "configuration" {
  value     = data.lync_topology.all.configuration
  sensitive = true
}
