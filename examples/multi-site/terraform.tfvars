# terraform.tfvars
sites = {
  paris = {
    pool       = "pool-paris.contoso.com"
    partner    = "pool-lyon.contoso.com"
    appliances = ["sba-nantes.contoso.com"]
  }
  lyon = {
    pool       = "pool-lyon.contoso.com"
    partner    = "pool-paris.contoso.com"
    appliances = ["sba-grenoble.contoso.com"]
  }
  boston = {
    pool       = "fe-boston.contoso.com"
    appliances = ["sba-portland.contoso.com"]
  }
}
