# Minds a server: started again whenever it ends, but while a file "held" lies in the working folder.
# sh minded.sh COMMAND WORD...
over=
trap 'over=1; kill -INT "$server"' INT
trap 'over=1; kill -TERM "$server"' TERM
while [ -z "$over" ]; do
    if [ -e held ]; then
        sleep 0.1
        continue
    fi
    "$@" &
    server=$!
    wait "$server"
    [ -z "$over" ] || wait "$server"
    sleep 0.1
done
