# The disasters that the deployment survives, and those that it does not. In continuous integration, `terraform test`
# fails when a change of the topology adds a gap or closes a known one.

run "paris_is_lost" {
  command = plan

  variables {
    lost_sites = ["Paris"]
  }

  assert {
    condition     = data.lync_failover_impact.loss.pools["pool-paris.contoso.com"].taken_over_by == "pool-lyon.contoso.com"
    error_message = "Lyon does not take over Paris."
  }
  assert {
    condition     = data.lync_failover_impact.loss.pools["pool-paris.contoso.com"].service_after_failover == "full"
    error_message = "The users of Paris do not get full service back."
  }
  assert {
    condition     = data.lync_failover_impact.loss.central_management["pool-paris.contoso.com"].move_to == "pool-lyon.contoso.com"
    error_message = "Central Management has no standby in Lyon."
  }
  assert {
    condition     = data.lync_failover_impact.loss.appliances_in_resiliency_mode == toset(["sba-nantes.contoso.com"])
    error_message = "Another branch than Nantes is limited."
  }
}

run "boston_is_lost" {
  command = plan

  variables {
    lost_sites = ["Boston"]
  }
}

# fe-nice is in no pair, which is known.
run "lyon_is_lost" {
  command = plan

  variables {
    lost_sites = ["Lyon"]
  }

  expect_failures = [check.everybody_is_served]

  assert {
    condition     = data.lync_failover_impact.loss.pools_without_service == toset(["fe-nice.contoso.com"])
    error_message = "More than fe-nice is left with nothing."
  }
}

# No pair survives the loss of all of Europe.
run "europe_is_lost" {
  command = plan

  variables {
    lost_sites = ["Paris", "Lyon"]
  }

  expect_failures = [check.everybody_is_served]
}

# Central Management is lost with Europe. Without it no pool can be failed over: users of Boston stay in resiliency mode.
run "europe_and_boston_are_lost" {
  command = plan

  variables {
    lost_sites = ["Paris", "Lyon", "Boston"]
  }

  expect_failures = [check.everybody_is_served]

  assert {
    condition     = data.lync_failover_impact.loss.pools["fe-boston.contoso.com"].service_after_failover == "resiliency"
    error_message = "Boston gets full service without Central Management."
  }
}

# With 701 more users in Denver, one server does not have the capacity for both pools.
run "denver_grows" {
  command = plan

  variables {
    lost_sites = ["Denver"]
    users      = { "fe-boston.contoso.com" = 2400, "fe-denver.contoso.com" = 2601 }
  }

  expect_failures = [check.there_is_room]
}

# A misspelled site has no pools that fail, so without a validation the rehearsal would succeed.
run "a_site_that_is_not_there" {
  command = plan

  variables {
    lost_sites = ["Pariss", "Boston"]
  }

  expect_failures = [var.lost_sites]
}
