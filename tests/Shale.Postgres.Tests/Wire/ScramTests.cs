using System.Text;
using Shale.Postgres.Wire;

namespace Shale.Postgres.Tests.Wire;

/// <summary>SCRAM-SHA-256 against the example of RFC 7677.</summary>
public sealed class ScramTests
{
    private const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Final = "c=biws,r=" + ClientNonce + ServerNonce;

    private static ScramExchange Exchange(string password = "pencil") => new(ScramSecret.Of(password, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")), ServerNonce);

    [Fact]
    public void Exchange_OfTheStandard_IsAnsweredAsThere()
    {
        var exchange = Exchange();
        Assert.Equal($"r={ClientNonce}{ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", exchange.Begin($"n,,n=user,r={ClientNonce}"));
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", exchange.End(Final + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    }

    [Fact]
    public void End_AnotherPassword_IsNull()
    {
        var exchange = Exchange("pencils");
        exchange.Begin($"n,,n=user,r={ClientNonce}");
        Assert.Null(exchange.End(Final + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    }

    [Theory]
    [InlineData("")]
    [InlineData("p=tls-unique,,n=user,r=abc")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=user,r=")]
    public void Begin_NoMessageOfScram_IsRefused(string message) => Assert.Equal("08P01", Assert.Throws<VitessException>(() => Exchange().Begin(message)).SqlState);

    [Theory]
    [InlineData("c=biws,r=other,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=eSws,r=" + ClientNonce + ServerNonce + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData(Final + ",p=short")]
    [InlineData(Final + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVRdHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ==")]
    [InlineData(Final)]
    public void End_NoMessageOfScram_IsRefused(string message)
    {
        var exchange = Exchange();
        exchange.Begin($"n,,n=user,r={ClientNonce}");
        Assert.Equal("08P01", Assert.Throws<VitessException>(() => exchange.End(message)).SqlState);
    }

    [Theory]
    [InlineData("pencil", true)]
    [InlineData("Schl\u00fcssel \ud83d\ude00", true)]
    [InlineData("pencil", false)]
    public void Client_BeforeAServer_IsTakenAndChecksIt(string password, bool isRight)
    {
        var server = new ScramExchange(ScramSecret.Of(isRight ? password : password + "s"));
        var client = new ScramClient(password);
        var answer = server.End(client.Final(server.Begin(client.First)));
        Assert.Equal(isRight, answer is not null);
        Assert.Throws<VitessException>(() => client.RequireServer("v=" + Convert.ToBase64String(new byte[32])));
        Assert.Throws<VitessException>(() => client.RequireServer("e=other-error"));
        if (answer is not null) client.RequireServer(answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=" + ClientNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=!,i=4096")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0")]
    [InlineData("r=" + ClientNonce + ServerNonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000")]
    public void Client_BeforeNoServerOfScram_Refuses(string first) => Assert.Equal("08P01", Assert.Throws<VitessException>(() => new ScramClient("pencil", ClientNonce).Final(first)).SqlState);

    [Fact]
    public void Secret_OfAPassword_HoldsNothingOfIt() => Assert.DoesNotContain("pencil", Encoding.Latin1.GetString([.. ScramSecret.Of("pencil").StoredKey, .. ScramSecret.Of("pencil").ServerKey]), StringComparison.Ordinal);
}
