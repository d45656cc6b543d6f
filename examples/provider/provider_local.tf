terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  management_shell = {
    local = {}
  }
}
