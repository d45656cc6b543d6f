terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  management_shell = {
    ssh = {
      host = "lync01.contoso.com"
      user = "svc-terraform@contoso.com"
      # The text of the private key is in LYNC_PRIVATE_KEY.

      # Without it the key of the host has to be in ~/.ssh/known_hosts.
      known_hosts_file = "known_hosts"
    }
  }
}
