# tests/topology.tftest.hcl
# Compares the sites with the existing topology. A test does not plan the pairs: it has a state of its own, so the existing
# pairs would be conflicts.
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
