# for-each/import.tf
import {
  for_each = { for id, pair in data.lync_topology.all.pairs : id => pair if contains(keys(var.pairs), id) }
  to       = lync_pool_pair.all[each.key]
  id       = each.key
}
