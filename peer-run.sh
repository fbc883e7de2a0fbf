cd /tmp/judges/tree
exec nice -n 10 timeout -k 10 ${T:-500} ip netns exec judges-peer /tmp/n node_modules/.bin/vitest run --project clients "$@"
