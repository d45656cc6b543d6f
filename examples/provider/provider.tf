terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  # The published topology document: (Get-CsTopology -AsXml).ToString() > topology.xml
  topology_file = "topology.xml"
}
