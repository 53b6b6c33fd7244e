set -e
cd "$1"; rm -rf r s
export GIT_CONFIG_GLOBAL=/dev/null HOME="$1"
export GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
git init -q -b main r; cd r; git config user.name n; git config user.email e@example.com
printf '#!/bin/sh\necho hook\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit
echo 1 > f; git add f; git commit -qm one; git rev-parse HEAD; cd ..; git clone -q r s; git -C s log --format=%H; git -C s fsck
