terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

# An invented deployment: data centers in two regions, branch sites with appliances, and pools of Lync Server 2010, which
# stay as they are. No published document with a branch site was available, so the form of that part is inferred.
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

# The appliances already have their pool, and the resources adopt them. The one in Portland has no backup registrar yet.
resource "lync_branch_backup" "all" {
  for_each = {
    "sba-nantes.contoso.com"   = "pool-paris.contoso.com"
    "sba-grenoble.contoso.com" = "pool-lyon.contoso.com"
    "sba-portland.contoso.com" = "fe-boston.contoso.com"
  }
  appliance   = each.key
  backup_pool = each.value
}
