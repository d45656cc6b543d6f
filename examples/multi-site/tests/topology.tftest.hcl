# tests/topology.tftest.hcl
# The sites as they are, beside the topology as it is. A plan would do, but a test has a state of its own: to it the pairs
# that are there already look like somebody else's.
provider "lync" {
  topology_file = "topology.xml"
}

run "the_topology_has_what_the_sites_name" {
  command = plan

  module {
    source = "./tests/topology"
  }

  assert {
    condition     = length(flatten(values(output.missing))) == 0
    error_message = "Not in the topology, by site: ${jsonencode({ for name, missing in output.missing : name => missing if length(missing) > 0 })}."
  }
}
