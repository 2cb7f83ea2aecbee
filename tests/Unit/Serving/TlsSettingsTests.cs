using Snakepit.Serving.CommandLine;
using Snakepit.Serving.Settings;
using Snakepit.Serving.Settings.Groups;
using Snakepit.Transport;

namespace Snakepit.Tests.Serving;

public sealed class TlsSettingsTests
{
    private static readonly IReadOnlyList<Setting> Settings =
        [.. ListenGroup.All, .. TlsGroup.All, .. AccessGroup.All, .. ClusterGroup.All, .. ClusterTlsGroup.All, .. GatewayTlsGroup.All, .. AdminGroup.All, .. ConfigGroup.All];

    [Fact]
    public void Nothing_said_is_cleartext()
    {
        var values = new Told(Settings).Read();
        Assert.Null(TlsGroup.OptionsFrom(values));
        Assert.Null(ClusterTlsGroup.FilesFrom(values));
        Assert.Null(GatewayTlsGroup.PeersFrom(values));
    }

    [Fact]
    public void Clients_are_asked_for_certificates_where_there_is_an_authority_and_must_have_one_unless_told_otherwise()
    {
        Assert.Equal(
            new ServerTlsOptions(new TlsFiles(Path.GetFullPath("a"), Path.GetFullPath("b"), null), ClientCertificates.Unasked),
            TlsGroup.OptionsFrom(Served().Read()));
        Assert.Equal(ClientCertificates.Required, TlsGroup.OptionsFrom(Served().By(TlsGroup.ClientAuthorities, "c").Read())?.Clients);
        Assert.Equal(
            ClientCertificates.Optional,
            TlsGroup.OptionsFrom(Served().By(TlsGroup.ClientAuthorities, "c").By(TlsGroup.ClientAuthentication, "optional").Read())?.Clients);
    }

    [Fact]
    public void What_is_only_half_said_is_a_mistake_that_names_the_other_half()
    {
        Mistake("--tls-cert needs --tls-key", told => told.By(TlsGroup.Certificate, "a"), TlsGroup.OptionsFrom);
        Mistake("--tls-key needs --tls-cert", told => told.By(TlsGroup.Key, "a"), TlsGroup.OptionsFrom);
        Mistake(
            "--tls-client-ca needs --tls-cert: clients show certificates by TLS only",
            told => told.By(TlsGroup.ClientAuthorities, "a"),
            TlsGroup.OptionsFrom);
        Mistake(
            "--cluster-tls-cert needs --cluster-tls-ca: without it anybody's certificate would do",
            told => told.By(ClusterTlsGroup.Certificate, "a").By(ClusterTlsGroup.Key, "b"),
            ClusterTlsGroup.FilesFrom);
        Mistake(
            "--cluster-tls-ca needs --cluster-tls-cert: the others would not let this process in",
            told => told.By(ClusterTlsGroup.Authorities, "a"),
            ClusterTlsGroup.FilesFrom);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("localhost,10.0.0.1:3000")]
    public void With_TLS_and_clients_that_must_have_certificates_other_machines_may_reach_it(string listen)
    {
        Assert.NotEmpty(ListenGroup.EndpointsFrom(Served().By(TlsGroup.ClientAuthorities, "c").By(ListenGroup.Listen, listen).Read()));
        Assert.NotNull(AdminGroup.OptionsFrom(Served().By(TlsGroup.ClientAuthorities, "c").By(AdminGroup.Admin, "0.0.0.0:1").Read()));
    }

    [Fact]
    public void With_TLS_and_a_file_that_says_who_may_call_other_machines_may_call_but_not_read_the_admin_pages()
    {
        Assert.NotEmpty(ListenGroup.EndpointsFrom(Served().By(AccessGroup.Access, "a").By(ListenGroup.Listen, "0.0.0.0").Read()));
        Mistake(
            "--admin 0.0.0.0:1: other machines could reach it, and nobody is asked who they are (--tls-client-ca); say --insecure if that is meant",
            told => Served(told).By(AccessGroup.Access, "a").By(AdminGroup.Admin, "0.0.0.0:1"),
            AdminGroup.OptionsFrom);
    }

    [Fact]
    public void What_is_missing_before_other_machines_may_reach_it_is_told()
    {
        const string Unasked = "other machines could reach it, and nobody is asked who they are (--tls-client-ca); say --insecure if that is meant";
        Mistake($"--listen 0.0.0.0: {Unasked}", told => Served(told).By(ListenGroup.Listen, "0.0.0.0"), ListenGroup.EndpointsFrom);
        Mistake($"--admin 0.0.0.0:1: {Unasked}", told => Served(told).By(AdminGroup.Admin, "0.0.0.0:1"), AdminGroup.OptionsFrom);
        Mistake(
            $"--listen 0.0.0.0: {Unasked}",
            told => Served(told).By(TlsGroup.ClientAuthorities, "c").By(TlsGroup.ClientAuthentication, "optional").By(ListenGroup.Listen, "0.0.0.0"),
            ListenGroup.EndpointsFrom);
        Mistake(
            "--admin 10.0.0.1:1: other machines could reach it, and nothing is encrypted (--tls-cert) and nobody is asked who they are "
                + "(--tls-client-ca); say --insecure if that is meant",
            told => told.By(AdminGroup.Admin, "10.0.0.1:1"),
            AdminGroup.OptionsFrom);
    }

    [Fact]
    public void A_cluster_over_several_machines_must_be_encrypted()
    {
        Mistake(
            "--advertise 10.0.0.1: what passes between the cluster's processes is not encrypted, and whoever reaches them can join "
                + "(--cluster-tls-cert); say --insecure if that is meant",
            told => told.By(ClusterGroup.Advertise, "10.0.0.1"),
            ClusterGroup.AdvertisedFrom);
        Assert.NotNull(ClusterGroup.AdvertisedFrom(new Told(Settings)
            .By(ClusterGroup.Advertise, "10.0.0.1")
            .By(ClusterTlsGroup.Certificate, "a").By(ClusterTlsGroup.Key, "b").By(ClusterTlsGroup.Authorities, "c").Read()));
    }

    [Fact]
    public void What_is_open_because_somebody_said_so_is_warned_of()
    {
        var values = new Told(Settings)
            .By(ListenGroup.Listen, "0.0.0.0").By(ClusterGroup.Advertise, "10.0.0.1").By(ListenGroup.Insecure, "true").Read();
        var log = new Unit.Transport.EchoServer.RecordingLog();
        Exposure.Warn(values, log, ListenGroup.Listen, AdminGroup.Admin);
        Exposure.WarnOfCluster(values, log);
        Assert.Equal(
            [
                "--listen 0.0.0.0: other machines could reach it, and nothing is encrypted (--tls-cert) and nobody is asked who they are (--tls-client-ca)",
                "--advertise 10.0.0.1: what passes between the cluster's processes is not encrypted, and whoever reaches them can join (--cluster-tls-cert)",
            ],
            log.Errors.Select(line => line.Trim()));
    }

    [Fact]
    public void Other_gateways_are_called_with_the_certificate_that_clients_see()
    {
        Assert.Equal(
            new GatewayPeers(new TlsFiles(Path.GetFullPath("a"), Path.GetFullPath("b"), Path.GetFullPath("c")), "gateways"),
            GatewayTlsGroup.PeersFrom(Served().By(GatewayTlsGroup.Authorities, "c").By(GatewayTlsGroup.Name, "gateways").Read()));
    }

    private static Told Served(Told? told = null) => (told ?? new Told(Settings)).By(TlsGroup.Certificate, "a").By(TlsGroup.Key, "b");

    private static void Mistake<T>(string words, Func<Told, Told> say, Func<SettingValues, T> read) =>
        Assert.Equal(words, Assert.Throws<MistakeException>(() => read(say(new Told(Settings)).Read())).Message);
}
