namespace Shale.Cli.Demo;

/// <summary>A set of words with one meaning: the unit of WordNet.</summary>
/// <param name="Id">The digit of its part of speech, then its place in the data file in eight digits.</param>
/// <param name="PartOfSpeech">n, v, a, s or r.</param>
/// <param name="Domain">The number of its lexicographer file.</param>
/// <param name="Gloss">What it means, with examples.</param>
/// <param name="Words">Its words as they are written, blanks for underscores.</param>
/// <param name="Pointers">What it is related to.</param>
internal sealed record Synset(long Id, string PartOfSpeech, int Domain, string Gloss, string[] Words, SynsetPointer[] Pointers);

/// <summary>A relation from a synset, or from one of its words, to another.</summary>
/// <param name="Symbol">The kind, such as @ for a more general meaning.</param>
/// <param name="Target">The other synset.</param>
/// <param name="SourceWord">1-based; 0 for the synset as a whole.</param>
/// <param name="TargetWord">1-based; 0 for the synset as a whole.</param>
internal readonly record struct SynsetPointer(string Symbol, long Target, int SourceWord, int TargetWord);

/// <summary>A lexicographer file: a broad field of meaning.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name, such as noun.animal.</param>
/// <param name="Contents">What is in it, in words.</param>
internal sealed record LexicalDomain(int Id, string Name, string Contents);
