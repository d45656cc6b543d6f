import {
  to = lync_pool_pair.paris_lyon
  identity = {
    first_pool  = "pool-lyon.contoso.com"
    second_pool = "pool-paris.contoso.com"
  }
}
