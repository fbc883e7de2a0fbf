/** Tests of docker-py 6.1.3 that fail on any dockerd 26.1 with our image, by class and name. */
export const knownFailures: Readonly<Record<string, string>> = {
  'ExecTest.test_exec_command_as_root': 'the image has no /etc/passwd',
  'ExecTest.test_exec_command_as_user': 'the image has no /etc/passwd',
  'TestNetworks.test_create_check_duplicate': 'dockerd 26 refuses a second network of one name in any case',
  'TestNetworks.test_create_network_ipv6_enabled': 'dockerd 26 refuses its range of addresses as invalid',
}
