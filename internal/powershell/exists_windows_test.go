package powershell_test

func exists(int) bool { return false }
