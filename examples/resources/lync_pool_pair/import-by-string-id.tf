import {
  to = lync_pool_pair.paris_lyon
  id = "pool-lyon.contoso.com,pool-paris.contoso.com"
}
