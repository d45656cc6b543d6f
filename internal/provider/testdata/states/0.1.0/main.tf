terraform {
  required_providers {
    lync = { source = "lync-iac/lync" }
  }
}

provider "lync" {
  topology_file = "topology.xml"
}

resource "lync_pool_pair" "plain" {
  pools = ["A.contoso.com", "b.contoso.com."]
}

resource "lync_pool_pair" "apart" {
  pools                      = ["c.contoso.com", "d.contoso.com"]
  failure_detection_interval = "300s"
  per_pool = {
    "d.contoso.com" = { automatic_failover = false, failback_detection_interval = "1h" }
  }
  timeouts {
    create = "15m"
  }
}

resource "lync_branch_backup" "taken_over" {
  appliance   = "sba1.contoso.com"
  backup_pool = "a.contoso.com"
}

resource "lync_branch_backup" "written" {
  appliance   = "sba2.contoso.com"
  backup_pool = "c.contoso.com"
}
