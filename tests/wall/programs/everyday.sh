set -e
cd "$1"; mkdir -p a/b; echo 1 > a/b/c; cat < a/b/c >> a/d; mv a/d a/e; ln -s e a/f; cat a/f; chmod 600 a/e; rm -r a/b
for n in 1 2 3; do (echo $n | sort | uniq -c | tr -d ' ') & wait; done
trap 'echo trapped' USR1; kill -USR1 $$; exec 3< a/e; read line <&3; echo "$line"; find a | sort; rm -r a
