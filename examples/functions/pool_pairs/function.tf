# Each pool names its partner, or null. The function returns every pair once.
resource "lync_pool_pair" "all" {
  for_each = provider::lync::pool_pairs({
    "pool-paris.contoso.com" = "pool-lyon.contoso.com"
    "pool-lyon.contoso.com"  = "pool-paris.contoso.com"
    "fe-boston.contoso.com"  = null
  })
  pools = each.value
}
