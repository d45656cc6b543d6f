terraform {
  required_providers {
    lync = {
      source = "lync-iac/lync"
    }
  }
}

provider "lync" {
  management_shell = {
    winrm = {
      host = "lync01.contoso.com"
      user = "CONTOSO\\svc-terraform"
      # The password is in LYNC_PASSWORD.

      # The authority that signed the certificate of the host's HTTPS listener, where this machine does not trust it.
      ca_file = "contoso-ca.pem"
    }
  }
}
