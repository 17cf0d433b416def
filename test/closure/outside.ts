/** Where the chain stays broken whatever fedctl offers: the remedy that is printed last. */
export const OUTSIDE: Readonly<Record<string, string>> = {
  'credentials-missing check':
    'Name a profile of this machine with --profile or AWS_PROFILE, sign in with aws sso login, or set the keys of a session.',
  'credentials-missing connect':
    'Name a profile of this machine with --profile or AWS_PROFILE, sign in with aws sso login, or set the keys of a session.',
  'credentials-missing token':
    'Name a profile of this machine with --profile or AWS_PROFILE, sign in with aws sso login, or set the keys of a session.',
  'credentials-expired check':
    'Renew the credentials where they come from, as named above: sign in again, or export the keys of a new session.',
  'credentials-expired connect':
    'Renew the credentials where they come from, as named above: sign in again, or export the keys of a new session.',
  'credentials-expired token':
    'Renew the credentials where they come from, as named above: sign in again, or export the keys of a new session.',
  'secret-key-wrong check':
    'Copy the key pair again from where it is kept. To create another one, use the console or the keys of another principal: these are rejected.',
  'secret-key-wrong connect':
    'Copy the key pair again from where it is kept. To create another one, use the console or the keys of another principal: these are rejected.',
  'secret-key-wrong token':
    'Copy the key pair again from where it is kept. To create another one, use the console or the keys of another principal: these are rejected.',
  'access-key-deleted check':
    'Renew the key where it comes from, as named above, or list the access keys of the user in IAM.',
  'access-key-deleted connect':
    'Renew the key where it comes from, as named above, or list the access keys of the user in IAM.',
  'access-key-deleted token':
    'Renew the key where it comes from, as named above, or list the access keys of the user in IAM.',
  'credentials-half-set check':
    'Set both variables, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to use a profile.',
  'credentials-half-set connect':
    'Set both variables, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to use a profile.',
  'credentials-half-set token':
    'Set both variables, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN to use a profile.',
  'profile-missing check':
    'Name one of the profiles that aws configure list-profiles prints, or add this one to the AWS config file.',
  'profile-missing connect':
    'Name one of the profiles that aws configure list-profiles prints, or add this one to the AWS config file.',
  'profile-missing token':
    'Name one of the profiles that aws configure list-profiles prints, or add this one to the AWS config file.',
  'mfa-missing check':
    'On a terminal, where the code can be asked for, run eval "$(fedctl credentials --profile mfa --format env)", then repeat the command.',
  'mfa-missing connect':
    'On a terminal, where the code can be asked for, run eval "$(fedctl credentials --profile mfa --format env)", then repeat the command.',
  'mfa-missing token':
    'On a terminal, where the code can be asked for, run eval "$(fedctl credentials --profile mfa --format env)", then repeat the command.',
  'sso-session-over check': 'Sign in again.',
  'sso-session-over connect': 'Sign in again.',
  'sso-session-over token': 'Sign in again.',
  'credential-process-failing check':
    'Run the program alone and correct it: aws configure get credential_process --profile vault prints its command.',
  'credential-process-failing connect':
    'Run the program alone and correct it: aws configure get credential_process --profile vault prints its command.',
  'credential-process-failing token':
    'Run the program alone and correct it: aws configure get credential_process --profile vault prints its command.',
  'region-missing check': 'Name the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-missing connect': 'Name the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-missing token': 'Name the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-global check': 'Name the Region with --region, for example --region eu-west-1.',
  'region-global connect': 'Name the Region with --region, for example --region eu-west-1.',
  'region-global token': 'Name the Region with --region, for example --region eu-west-1.',
  'clock-off check': 'Set the clock of this machine, for example with timedatectl set-ntp true.',
  'mint-permission-missing check':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-permission-missing connect':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-permission-missing token':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-audience-denied check':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-audience-denied connect':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-audience-denied token':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-algorithm-denied check':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-algorithm-denied connect':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-algorithm-denied token':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-duration-denied check':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-duration-denied connect':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-duration-denied token':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-tag-denied check':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-tag-denied connect':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-tag-denied token':
    'An administrator of the account must add the statement shown to an identity-based policy of arn:aws:iam::123456789012:user/operator, or request what the present statement allows.',
  'mint-denied-by-scp check':
    'An administrator of the organization (its management account) must change the deny in the service control policy of the account, or request what it permits.',
  'mint-denied-by-scp connect':
    'An administrator of the organization (its management account) must change the deny in the service control policy of the account, or request what it permits.',
  'mint-denied-by-scp token':
    'An administrator of the organization (its management account) must change the deny in the service control policy of the account, or request what it permits.',
  'payload-too-large check':
    'Mint as a principal or a session with fewer or shorter tags. An administrator of the account can remove tags from the role or the user.',
  'payload-too-large connect':
    'Mint as a principal or a session with fewer or shorter tags. An administrator of the account can remove tags from the role or the user.',
  'payload-too-large token':
    'Mint as a principal or a session with fewer or shorter tags. An administrator of the account can remove tags from the role or the user.',
  'sts-throttled check':
    'Wait a few seconds and repeat the command. If it persists, ask an administrator of the account which program calls STS so often.',
  'sts-throttled connect':
    'Wait a few seconds and repeat the command. If it persists, ask an administrator of the account which program calls STS so often.',
  'sts-throttled token':
    'Wait a few seconds and repeat the command. If it persists, ask an administrator of the account which program calls STS so often.',
  'sts-failing check':
    'Wait a few seconds and repeat the command. If it persists, see the AWS Health Dashboard.',
  'sts-failing connect':
    'Wait a few seconds and repeat the command. If it persists, see the AWS Health Dashboard.',
  'sts-failing token':
    'Wait a few seconds and repeat the command. If it persists, see the AWS Health Dashboard.',
  'sts-hanging check':
    'Allow each network step more time, and look for a proxy or a VPC endpoint on the way.',
  'sts-hanging connect':
    'Allow each network step more time, and look for a proxy or a VPC endpoint on the way.',
  'sts-hanging token':
    'Allow each network step more time, and look for a proxy or a VPC endpoint on the way.',
  'sts-unreachable check': 'Compare the address with the one that is meant, and see what answers there.',
  'sts-unreachable connect': 'Compare the address with the one that is meant, and see what answers there.',
  'sts-unreachable token': 'Compare the address with the one that is meant, and see what answers there.',
  'sts-captive-portal check': 'See who answers at this endpoint.',
  'sts-captive-portal connect': 'See who answers at this endpoint.',
  'sts-captive-portal token': 'See who answers at this endpoint.',
  'issuer-unreachable check': 'Compare the address with the one that is meant, and see what answers there.',
  'issuer-unreachable connect': 'Compare the address with the one that is meant, and see what answers there.',
  'issuer-slow check': 'See what this address returns, and who answers there.',
  'issuer-slow connect': 'See what this address returns, and who answers there.',
  'issuer-redirecting check': 'See who answers there: often a captive portal, or a wrong issuer.',
  'issuer-redirecting connect': 'See who answers there: often a captive portal, or a wrong issuer.',
  'issuer-captive-portal check': 'See what this address returns, and who answers there.',
  'issuer-captive-portal connect': 'See what this address returns, and who answers there.',
  'issuer-wrong-document check':
    'Compare the issuer with the one that fedctl status prints, byte for byte, a trailing slash included. If they are equal, whoever serves the document must correct it.',
  'issuer-wrong-document connect':
    'Compare the issuer with the one that fedctl status prints, byte for byte, a trailing slash included. If they are equal, whoever serves the document must correct it.',
  'issuer-names-another check':
    'Compare the issuer with the one that fedctl status prints, byte for byte, a trailing slash included. If they are equal, whoever serves the document must correct it.',
  'issuer-names-another connect':
    'Compare the issuer with the one that fedctl status prints, byte for byte, a trailing slash included. If they are equal, whoever serves the document must correct it.',
  'issuer-key-missing check':
    'Mint a new token. If it persists, the token comes from another issuer, or the issuer must publish the key again.',
  'issuer-key-missing connect':
    'Mint a new token. If it persists, the token comes from another issuer, or the issuer must publish the key again.',
  'issuer-ec-key-only check':
    'Mint a new token. If it persists, the token comes from another issuer, or the issuer must publish the key again.',
  'issuer-ec-key-only connect':
    'Mint a new token. If it persists, the token comes from another issuer, or the issuer must publish the key again.',
  'identity-provider-issuer check':
    'In Atlas, an owner of the organization must set the issuer URI of the identity provider to http://127.0.0.1:<port>.',
  'identity-provider-issuer connect':
    'In Atlas, an owner of the organization must set the issuer URI of the identity provider to http://127.0.0.1:<port>.',
  'identity-provider-claim check':
    'In Atlas, set the authorization type of the identity provider to User ID and its user claim to sub.',
  'identity-provider-claim connect':
    'In Atlas, set the authorization type of the identity provider to User ID and its user claim to sub.',
  'database-user-wrong-type check':
    'The type of a database user cannot be changed. In Atlas, replace it by one of type USER with the same settings: it has the roles readWriteAnyDatabase@admin. Nobody can log in as this user until it exists again.',
  'database-user-wrong-type connect':
    'The type of a database user cannot be changed. In Atlas, replace it by one of type USER with the same settings: it has the roles readWriteAnyDatabase@admin. Nobody can log in as this user until it exists again.',
  'database-user-iam-type check':
    'The type of a database user cannot be changed. In Atlas, replace it by one of type ROLE with the same settings: it has the roles readWriteAnyDatabase@admin. Nobody can log in as this user until it exists again.',
  'database-user-iam-type connect':
    'The type of a database user cannot be changed. In Atlas, replace it by one of type ROLE with the same settings: it has the roles readWriteAnyDatabase@admin. Nobody can log in as this user until it exists again.',
  'roles-missing check':
    'An owner of the Atlas project must give the database user a role, such as readWrite on its database.',
  'srv-missing check':
    'Compare the name with the connection string that Atlas shows for the cluster, and see what the resolver returns.',
  'srv-missing connect':
    'Compare the name with the connection string that Atlas shows for the cluster, and see what the resolver returns.',
  'txt-broken check': 'Whoever manages the domain must correct the TXT record.',
  'txt-broken connect': 'Whoever manages the domain must correct the TXT record.',
  'host-unknown check':
    'Compare the name with the connection string that Atlas shows for the cluster, and see what the resolver returns.',
  'host-unknown connect':
    'Compare the name with the connection string that Atlas shows for the cluster, and see what the resolver returns.',
  'port-closed check':
    'Compare host and port with the connection string of the cluster, and see whether the server is running.',
  'port-closed connect':
    'Compare host and port with the connection string of the cluster, and see whether the server is running.',
  'packets-swallowed check':
    'Whoever runs the network must let this machine reach the host and port: see the firewall, the VPC peering or the private endpoint.',
  'packets-swallowed connect':
    'Whoever runs the network must let this machine reach the host and port: see the firewall, the VPC peering or the private endpoint.',
  'tls-untrusted check':
    'Get the CA certificate from whoever runs the server, and name its file with tlsCAFile in the connection string.',
  'tls-untrusted connect':
    'Get the CA certificate from whoever runs the server, and name its file with tlsCAFile in the connection string.',
  'tls-expired check': 'Whoever runs the server must renew its certificate.',
  'tls-expired connect': 'Whoever runs the server must renew its certificate.',
  'tls-name-mismatch check':
    'Connect to a name that the certificate lists, or whoever runs the server must add the name to the certificate.',
  'tls-name-mismatch connect':
    'Connect to a name that the certificate lists, or whoever runs the server must add the name to the certificate.',
  'server-too-old check': 'Whoever runs the server must upgrade it to MongoDB 4.4 or later.',
  'server-too-old connect': 'Whoever runs the server must upgrade it to MongoDB 4.4 or later.',
  'connection-cut-in-sasl check':
    'Repeat the command. If it persists, look for a proxy or a firewall between here and the server.',
  'connection-cut-in-sasl connect':
    'Repeat the command. If it persists, look for a proxy or a firewall between here and the server.',
};
