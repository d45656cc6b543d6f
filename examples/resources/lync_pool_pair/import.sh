# By both pools, in any order:
terraform import lync_pool_pair.paris_lyon 'pool-lyon.contoso.com,pool-paris.contoso.com'

# Or by one of them; its partner is found in the topology:
terraform import lync_pool_pair.paris_lyon 'pool-paris.contoso.com'
