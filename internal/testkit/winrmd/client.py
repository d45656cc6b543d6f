# Runs a command with python3-winrm, an independent client.
import json
import sys

from winrm.exceptions import WinRMError
from winrm.protocol import Protocol

o = json.load(sys.stdin)
p = Protocol(endpoint=o["url"], transport=o["transport"], username=o["user"], password=o["password"],
             ca_trust_path=o["ca"] or None, message_encryption=o["encryption"],
             operation_timeout_sec=2, read_timeout_sec=10)
try:
    shell = p.open_shell(codepage=65001)
    command = p.run_command(shell, o["command"], o["arguments"])
    stdout, stderr, exit_code = p.get_command_output(shell, command)
    p.cleanup_command(shell, command)
    p.close_shell(shell)
except WinRMError as e:
    print(json.dumps({"error": str(e)}))
    sys.exit(0)
print(json.dumps({"stdout": stdout.decode(), "stderr": stderr.decode(), "exit": exit_code}))
