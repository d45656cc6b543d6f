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

# Paris and Lyon back up each other.
resource "lync_pool_pair" "paris_lyon" {
  pools = ["pool-paris.contoso.com", "pool-lyon.contoso.com"]
}
