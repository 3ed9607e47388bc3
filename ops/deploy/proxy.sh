#!/usr/bin/env bash
# The part of install.sh that sets nginx up in front of the agent. Not run by itself: install.sh reads it.
# shellcheck disable=SC2154  # what is not set here is install.sh's

put_site() { # NAME TEMPLATE
    local rendered site=/etc/nginx/sites-available/$1 before=''
    rendered=$(mktemp)
    sed -e "s|@SERVER_NAME@|$server_name|g" -e "s|@CERTIFICATE@|$certificate|g" -e "s|@KEY@|$key|g" \
        -e "s|@PORT@|$(setting ZOHOSYNC_PORT 8420)|g" "$2" >"$rendered"
    if [[ -e $site ]]; then before=$(<"$site"); fi
    put_file "$rendered" "$site" 644
    rm -f "$rendered"
    if [[ ! -L /etc/nginx/sites-enabled/$1 ]]; then
        ln -s "../sites-available/$1" "/etc/nginx/sites-enabled/$1"
        changed=1
    fi
    if ! nginx -t -q; then
        if [[ -n $before ]]; then printf '%s\n' "$before" >"$site"; else rm -f "/etc/nginx/sites-enabled/$1" "$site"; fi
        fail "nginx refuses the site (its reason stands above); its configuration is as it was, the agent runs"
    fi
}

make_proxy() {
    [[ -n $server_name ]] || return 0
    local deploy
    deploy=$releases/$(link_target current)/deploy/nginx
    changed=0
    [[ -e /etc/nginx/zohosync-allowed.conf ]] || put_file "$deploy/allowed.conf" /etc/nginx/zohosync-allowed.conf 644
    [[ -d /var/www/letsencrypt ]] || install -d --mode=0755 /var/www/letsencrypt
    put_site zohosync-http "$deploy/http.conf"
    if [[ -r $certificate && -r $key ]]; then put_site zohosync "$deploy/tls.conf"; fi
    start_of_boot nginx
    if ((changed)); then
        nginx -s reload
        say "nginx serves $server_name"
    fi
    [[ -r $certificate && -r $key ]] || fail "the agent runs, but there is no certificate $certificate yet. With certbot (apt-get install certbot):
  certbot certonly --webroot -w /var/www/letsencrypt -d $server_name --deploy-hook 'nginx -s reload'
then run this again"
}
