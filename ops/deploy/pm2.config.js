// For servers that are run by PM2: `sudo pm2 start /opt/zohosync/current/deploy/pm2.config.js && sudo pm2 save`.
// The command reads the settings as root and then becomes the agent's own user for good.
module.exports = {
    apps: [{
        name: 'zohosync',
        script: '/usr/local/bin/zohosync',
        args: 'serve',
        interpreter: 'none',
        cwd: '/var/lib/zohosync',
        autorestart: true,
        exp_backoff_restart_delay: 500,
        kill_timeout: 45000,
        merge_logs: true,
        out_file: '/var/log/zohosync/agent.log',
        error_file: '/var/log/zohosync/agent.log',
    }],
};
