using Shale.Cli.Demo;

namespace Shale.Cli.Tests;

public class WordNetReaderTests
{
    // Lines made for this test, in the format of wndb(5WN).
    private const string Data =
        "  1 A licence stands here, indented.\n" +
        "00000100 05 n 02 tabby_cat 0 Felis_test 1 002 @ 00000200 n 0000 + 00000300 v 0201 | a striped cat; \"it purred | loudly\"  \n" +
        "00000400 00 s 01 galore(ip) 0 001 & 00000500 a 0000 | in great numbers  \n" +
        "00000300 38 v 01 stalk 0 001 ! 00000600 v 0101 02 + 08 00 + 02 00 | walk stealthily  \n";

    [Fact]
    public void Read_Lines_GiveSynsetsWithWordsAndPointers()
    {
        var synsets = SynsetReader.Read(new StringReader(Data)).ToList();

        Assert.Equal([100_000_100, 300_000_400, 200_000_300], synsets.Select(synset => synset.Id));
        Assert.Equal(["tabby cat", "Felis test"], synsets[0].Words);
        Assert.Equal(5, synsets[0].Domain);
        Assert.Equal("a striped cat; \"it purred | loudly\"", synsets[0].Gloss);
        Assert.Equal([new SynsetPointer("@", 100_000_200, 0, 0), new SynsetPointer("+", 200_000_300, 2, 1)], synsets[0].Pointers);
        Assert.Equal(["galore"], synsets[1].Words);
        Assert.Equal("s", synsets[1].PartOfSpeech);
        Assert.Single(synsets[2].Pointers);
    }

    [Fact]
    public void Read_BrokenLine_SaysWhichLine()
    {
        var failure = Assert.Throws<InvalidDataException>(() => SynsetReader.Read(new StringReader("00000100 05 n 02 cat 0 | too short\n")).ToList());

        Assert.Contains("line 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadDomains_ManualPage_GivesTheTable()
    {
        var domains = LexicalDomainReader.Read(new StringReader(".TH LEXNAMES\ntext\n_\n00\tadj.all\tall adjectives \n05\tnoun.animal\tnouns of animals\n.TE\n"));

        Assert.Equal([new LexicalDomain(0, "adj.all", "all adjectives"), new LexicalDomain(5, "noun.animal", "nouns of animals")], domains);
    }

    [Fact]
    public void Words_SameInSeveralSynsets_ComeOnceInLowerCase()
    {
        var words = new WordNet([], SynsetReader.Read(new StringReader(Data + Data)).ToList()).Words();

        Assert.Equal(["tabby cat", "felis test", "galore", "stalk"], words);
    }
}
