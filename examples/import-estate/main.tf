# main.tf
terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  topology_file = "topology.xml"
}
