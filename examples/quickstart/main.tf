terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

# A made-up estate: data centres in two regions, branch sites with appliances, and a corner of Lync Server 2010, which is
# left alone. How a published document writes a branch site was never seen, so that part of the sample is a guess.
provider "lync" {
  topology_file = "topology.xml"
}

# In each region two pools back up each other.
resource "lync_pool_pair" "europe" {
  pools = ["pool-paris.contoso.com", "pool-lyon.contoso.com"]
}

resource "lync_pool_pair" "america" {
  pools = ["fe-boston.contoso.com", "fe-denver.contoso.com"]

  failure_detection_interval  = "3m"
  failback_detection_interval = "10m"
}

# Appliances have their pool already, and are taken over as they are. The one in Portland has no backup registrar yet.
resource "lync_branch_backup" "all" {
  for_each = {
    "sba-nantes.contoso.com"   = "pool-paris.contoso.com"
    "sba-grenoble.contoso.com" = "pool-lyon.contoso.com"
    "sba-portland.contoso.com" = "fe-boston.contoso.com"
  }
  appliance   = each.key
  backup_pool = each.value
}
