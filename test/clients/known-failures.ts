const fromHub = 'it pulls an image from Docker Hub'

/** Tests of docker-py 6.1.3 that fail on any dockerd 26.1 with our image, by class and name. */
export const knownFailures: Readonly<Record<string, string>> = {
  'CommitTest.test_commit': 'dockerd 26 has no field Container in an image',
  'CommitTest.test_commit_with_changes': 'dockerd 26 has no field Container in an image',
  'ErrorsTest.test_api_error_parses_json': 'dockerd 26 words the error differently',
  'ExecTest.test_exec_command_as_root': 'the image has no /etc/passwd',
  'ExecTest.test_exec_command_as_user': 'the image has no /etc/passwd',
  'ImageCollectionTest.test_list': fromHub,
  'ImageCollectionTest.test_list_with_repository': fromHub,
  'ImageCollectionTest.test_pull': fromHub,
  'ImageCollectionTest.test_pull_multiple': fromHub,
  'ImageCollectionTest.test_pull_with_sha': fromHub,
  'ImageCollectionTest.test_pull_with_tag': fromHub,
  'ImageTest.test_tag_and_remove': fromHub,
  'ImportImageTest.test_get_load_image': fromHub,
  'InspectDistributionTest.test_inspect_distribution': fromHub,
  'PruneImagesTest.test_prune_images': fromHub,
  'PullImageTest.test_pull': fromHub,
  'PullImageTest.test_pull_streaming': fromHub,
  'TestNetworks.test_create_check_duplicate': 'dockerd 26 refuses a second network of one name in any case',
  'TestNetworks.test_create_network_ipv6_enabled': 'dockerd 26 refuses its range of addresses as invalid',
}
