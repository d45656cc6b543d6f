# Each pool tells of its own partner, null for none; every pair comes out once.
resource "lync_pool_pair" "all" {
  for_each = provider::lync::pool_pairs({
    "pool-paris.contoso.com" = "pool-lyon.contoso.com"
    "pool-lyon.contoso.com"  = "pool-paris.contoso.com"
    "fe-boston.contoso.com"  = null
  })
  pools = each.value
}
