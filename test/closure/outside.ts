/** Where the chain stays broken whatever fedctl offers: the remedy that is printed last. */
export const OUTSIDE: Readonly<Record<string, string>> = {
  'credentials-missing check':
    'Specify a profile with --profile or AWS_PROFILE, sign in with "aws sso login", or set session credentials.',
  'credentials-missing connect':
    'Specify a profile with --profile or AWS_PROFILE, sign in with "aws sso login", or set session credentials.',
  'credentials-missing token':
    'Specify a profile with --profile or AWS_PROFILE, sign in with "aws sso login", or set session credentials.',
  'credentials-expired check':
    'Renew the credentials at the source that the error message specifies: sign in again, or export the credentials of a new session.',
  'credentials-expired connect':
    'Renew the credentials at the source that the error message specifies: sign in again, or export the credentials of a new session.',
  'credentials-expired token':
    'Renew the credentials at the source that the error message specifies: sign in again, or export the credentials of a new session.',
  'secret-key-wrong check':
    'Copy the access key again from its source. To create another key, use the console or another principal, because these credentials are rejected.',
  'secret-key-wrong connect':
    'Copy the access key again from its source. To create another key, use the console or another principal, because these credentials are rejected.',
  'secret-key-wrong token':
    'Copy the access key again from its source. To create another key, use the console or another principal, because these credentials are rejected.',
  'access-key-deleted check':
    'Replace the key at the source that the error message specifies. Check in IAM whether the key of the user is active.',
  'access-key-deleted connect':
    'Replace the key at the source that the error message specifies. Check in IAM whether the key of the user is active.',
  'access-key-deleted token':
    'Replace the key at the source that the error message specifies. Check in IAM whether the key of the user is active.',
  'credentials-half-set check':
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the same key. To use a profile instead, unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  'credentials-half-set connect':
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the same key. To use a profile instead, unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  'credentials-half-set token':
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from the same key. To use a profile instead, unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  'profile-missing check':
    'Specify one of the profiles that "aws configure list-profiles" prints, or add the profile to the AWS config file.',
  'profile-missing connect':
    'Specify one of the profiles that "aws configure list-profiles" prints, or add the profile to the AWS config file.',
  'profile-missing token':
    'Specify one of the profiles that "aws configure list-profiles" prints, or add the profile to the AWS config file.',
  'mfa-missing check':
    'Run eval "$(fedctl credentials --profile mfa --format env)" in a terminal to enter the code. Then run the original command again.',
  'mfa-missing connect':
    'Run eval "$(fedctl credentials --profile mfa --format env)" in a terminal to enter the code. Then run the original command again.',
  'mfa-missing token':
    'Run eval "$(fedctl credentials --profile mfa --format env)" in a terminal to enter the code. Then run the original command again.',
  'sso-session-over check': 'Sign in again.',
  'sso-session-over connect': 'Sign in again.',
  'sso-session-over token': 'Sign in again.',
  'credential-process-failing check':
    'Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile vault".',
  'credential-process-failing connect':
    'Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile vault".',
  'credential-process-failing token':
    'Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile vault".',
  'region-missing check': 'Specify the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-missing connect': 'Specify the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-missing token': 'Specify the Region with --region or AWS_REGION, for example eu-west-1.',
  'region-global check': 'Specify the Region with --region, for example --region eu-west-1.',
  'region-global connect': 'Specify the Region with --region, for example --region eu-west-1.',
  'region-global token': 'Specify the Region with --region, for example --region eu-west-1.',
  'clock-off check': 'Set the clock of this machine, for example with "timedatectl set-ntp true".',
  'mint-permission-missing check':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-permission-missing connect':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-permission-missing token':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-audience-denied check':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-audience-denied connect':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-audience-denied token':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-algorithm-denied check':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-algorithm-denied connect':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-algorithm-denied token':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-duration-denied check':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-duration-denied connect':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-duration-denied token':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-tag-denied check':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-tag-denied connect':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-tag-denied token':
    'An administrator of the account must add the statement shown above to an identity-based policy of arn:aws:iam::123456789012:user/operator, or you must change the request to match an existing statement.',
  'mint-denied-by-scp check':
    'An administrator in the management account of the organization must change the deny in the service control policy of the account. Alternatively, change the request so that the deny does not match.',
  'mint-denied-by-scp connect':
    'An administrator in the management account of the organization must change the deny in the service control policy of the account. Alternatively, change the request so that the deny does not match.',
  'mint-denied-by-scp token':
    'An administrator in the management account of the organization must change the deny in the service control policy of the account. Alternatively, change the request so that the deny does not match.',
  'payload-too-large check':
    'Use a principal or session with fewer or shorter tags. An administrator of the account can remove tags from the role or user.',
  'payload-too-large connect':
    'Use a principal or session with fewer or shorter tags. An administrator of the account can remove tags from the role or user.',
  'payload-too-large token':
    'Use a principal or session with fewer or shorter tags. An administrator of the account can remove tags from the role or user.',
  'sts-throttled check':
    'Wait a few seconds and repeat the command. If the error persists, ask an administrator which program sends too many requests to STS.',
  'sts-throttled connect':
    'Wait a few seconds and repeat the command. If the error persists, ask an administrator which program sends too many requests to STS.',
  'sts-throttled token':
    'Wait a few seconds and repeat the command. If the error persists, ask an administrator which program sends too many requests to STS.',
  'sts-failing check':
    'Wait a few seconds and repeat the command. If the error persists, see the AWS Health Dashboard.',
  'sts-failing connect':
    'Wait a few seconds and repeat the command. If the error persists, see the AWS Health Dashboard.',
  'sts-failing token':
    'Wait a few seconds and repeat the command. If the error persists, see the AWS Health Dashboard.',
  'sts-hanging check': 'Increase --timeout, and check whether a proxy or VPC endpoint blocks the connection.',
  'sts-hanging connect':
    'Increase --timeout, and check whether a proxy or VPC endpoint blocks the connection.',
  'sts-hanging token': 'Increase --timeout, and check whether a proxy or VPC endpoint blocks the connection.',
  'sts-unreachable check': 'Check that the address is correct, and see which server responds.',
  'sts-unreachable connect': 'Check that the address is correct, and see which server responds.',
  'sts-unreachable token': 'Check that the address is correct, and see which server responds.',
  'sts-captive-portal check': 'Check which server responds at this endpoint.',
  'sts-captive-portal connect': 'Check which server responds at this endpoint.',
  'sts-captive-portal token': 'Check which server responds at this endpoint.',
  'issuer-unreachable check': 'Check that the address is correct, and see which server responds.',
  'issuer-unreachable connect': 'Check that the address is correct, and see which server responds.',
  'issuer-slow check': 'Inspect the response from this address, and check which server sends it.',
  'issuer-slow connect': 'Inspect the response from this address, and check which server sends it.',
  'issuer-redirecting check':
    'Check which server responds. Common causes are a captive portal and a wrong issuer.',
  'issuer-redirecting connect':
    'Check which server responds. Common causes are a captive portal and a wrong issuer.',
  'issuer-captive-portal check': 'Inspect the response from this address, and check which server sends it.',
  'issuer-captive-portal connect': 'Inspect the response from this address, and check which server sends it.',
  'issuer-wrong-document check':
    'Compare the issuer, including any trailing slash, with the output of "fedctl status". If the issuers are equal, the operator of the issuer must correct the document.',
  'issuer-wrong-document connect':
    'Compare the issuer, including any trailing slash, with the output of "fedctl status". If the issuers are equal, the operator of the issuer must correct the document.',
  'issuer-names-another check':
    'Compare the issuer, including any trailing slash, with the output of "fedctl status". If the issuers are equal, the operator of the issuer must correct the document.',
  'issuer-names-another connect':
    'Compare the issuer, including any trailing slash, with the output of "fedctl status". If the issuers are equal, the operator of the issuer must correct the document.',
  'issuer-key-missing check':
    'Mint a new token. If the error persists, the token comes from another issuer, or the issuer no longer publishes the key.',
  'issuer-key-missing connect':
    'Mint a new token. If the error persists, the token comes from another issuer, or the issuer no longer publishes the key.',
  'issuer-ec-key-only check':
    'Mint a new token. If the error persists, the token comes from another issuer, or the issuer no longer publishes the key.',
  'issuer-ec-key-only connect':
    'Mint a new token. If the error persists, the token comes from another issuer, or the issuer no longer publishes the key.',
  'identity-provider-issuer check':
    'In Atlas, an owner of the organization must set the issuer URI of the identity provider to http://127.0.0.1:<port>.',
  'identity-provider-issuer connect':
    'In Atlas, an owner of the organization must set the issuer URI of the identity provider to http://127.0.0.1:<port>.',
  'identity-provider-claim check':
    'In Atlas, set the authorization type of the identity provider to User ID and its user claim to sub.',
  'identity-provider-claim connect':
    'In Atlas, set the authorization type of the identity provider to User ID and its user claim to sub.',
  'database-user-wrong-type check':
    'The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type USER and the roles readWriteAnyDatabase@admin. Until then, logins as this user fail.',
  'database-user-wrong-type connect':
    'The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type USER and the roles readWriteAnyDatabase@admin. Until then, logins as this user fail.',
  'database-user-iam-type check':
    'The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type ROLE and the roles readWriteAnyDatabase@admin. Until then, logins as this user fail.',
  'database-user-iam-type connect':
    'The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type ROLE and the roles readWriteAnyDatabase@admin. Until then, logins as this user fail.',
  'roles-missing check': 'Ask an owner of the Atlas project for a role, such as readWrite on the database.',
  'srv-missing check':
    'Compare the host name with the connection string that Atlas shows for the cluster. Query the host name with nslookup.',
  'srv-missing connect':
    'Compare the host name with the connection string that Atlas shows for the cluster. Query the host name with nslookup.',
  'txt-broken check': 'Ask the administrator of the domain to correct the TXT record.',
  'txt-broken connect': 'Ask the administrator of the domain to correct the TXT record.',
  'host-unknown check':
    'Compare the host name with the connection string that Atlas shows for the cluster. Query the host name with nslookup.',
  'host-unknown connect':
    'Compare the host name with the connection string that Atlas shows for the cluster. Query the host name with nslookup.',
  'port-closed check':
    'Compare the host and port with the connection string of the cluster, and check whether the server is running.',
  'port-closed connect':
    'Compare the host and port with the connection string of the cluster, and check whether the server is running.',
  'packets-swallowed check':
    'Ask the network administrator to allow connections from this machine to the host and port. Check the firewall, VPC peering and private endpoint.',
  'packets-swallowed connect':
    'Ask the network administrator to allow connections from this machine to the host and port. Check the firewall, VPC peering and private endpoint.',
  'tls-untrusted check':
    'Get the CA certificate from the operator of the server, and set tlsCAFile in the connection string to the certificate file.',
  'tls-untrusted connect':
    'Get the CA certificate from the operator of the server, and set tlsCAFile in the connection string to the certificate file.',
  'tls-expired check': 'Ask the operator of the server to renew its certificate.',
  'tls-expired connect': 'Ask the operator of the server to renew its certificate.',
  'tls-name-mismatch check':
    'Use a host name that the certificate lists, or ask the operator of the server for a certificate that includes your host name.',
  'tls-name-mismatch connect':
    'Use a host name that the certificate lists, or ask the operator of the server for a certificate that includes your host name.',
  'server-too-old check': 'Ask the operator of the server to upgrade to MongoDB 4.4 or later.',
  'server-too-old connect': 'Ask the operator of the server to upgrade to MongoDB 4.4 or later.',
  'connection-cut-in-sasl check':
    'Repeat the command. If the error persists, look for a proxy or firewall between this machine and the server.',
  'connection-cut-in-sasl connect':
    'Repeat the command. If the error persists, look for a proxy or firewall between this machine and the server.',
};
